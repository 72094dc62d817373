"""What one award and one verification cost over HTTP, beside what this machine could do at best."""
