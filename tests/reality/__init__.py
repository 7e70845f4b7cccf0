"""What programs really touch, against what the analysis says that they do."""
