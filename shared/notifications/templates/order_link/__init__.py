"""Order link: whoever ordered without an account sees their order by it."""
