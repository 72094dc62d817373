"""What a verification is: findings, the verdict they add up to, and what we knew at the time."""
