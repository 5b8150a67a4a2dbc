"""What a machine sends about hours."""
