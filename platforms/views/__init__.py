"""Pages of platforms: the public directories, the operator's workbench, the staff's queue."""
