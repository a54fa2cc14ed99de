"""Administration: what a brand's administrators decide across all contexts."""
