"""What `script/` runs: sets up, starts, tests and checks the portal on one machine.

`environment` is the only module that runs outside the virtual environment and keeps to the
standard library; the others run inside it.
"""
