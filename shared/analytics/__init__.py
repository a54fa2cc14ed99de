"""Analytics: figures over time, from what the other contexts tell when they are asked."""
