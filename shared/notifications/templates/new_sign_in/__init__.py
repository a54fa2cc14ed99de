"""New sign-in: an account was entered from a device that was not seen before."""
