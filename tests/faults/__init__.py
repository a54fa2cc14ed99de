"""`make faults`: real traffic through the running system while everything fails, and then the books are checked."""
