"""Reading indicators, cycles, reports and portal values for pages."""
