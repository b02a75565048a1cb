"""Tables that can be handed in, and scripts that let a referee repeat them."""
