"""Learning the weights of ranking profiles from judgments."""
