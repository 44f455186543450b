"""What holds the house together: texts, papers, images, the list of rules."""
