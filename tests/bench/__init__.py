"""`make bench`: what a request, a cold start and an event cost, with the floor beside each figure."""
