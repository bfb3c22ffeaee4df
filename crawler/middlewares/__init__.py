"""What stands between a spider and the network: guard, robots.txt, politeness."""
