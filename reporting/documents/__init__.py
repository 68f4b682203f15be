"""A frozen (or present) report as a file. Every format is fed by the same snapshot."""

# what a publication is printed as, in the order in which it is made
FORMS = ("json", "xlsx", "pdf", "docx", "zip")
