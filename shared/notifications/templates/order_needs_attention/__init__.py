"""Order needs attention: for staff, who must decide or answer something."""
