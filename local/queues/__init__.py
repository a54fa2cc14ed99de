"""SQS event sources: queues that invoke functions with batches."""
