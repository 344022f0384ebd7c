"""`make faults-social`: what was approved is published once, whatever is killed."""
