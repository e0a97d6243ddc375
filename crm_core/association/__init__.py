"""What associations share: lessons, standards, playbooks, benchmarks and courses as data, and the packs that carry them."""
