"""Input: mouse, scrolling and typing, as a person does them."""
