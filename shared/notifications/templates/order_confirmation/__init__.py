"""Order confirmation: the order is paid and ours to fulfil."""
