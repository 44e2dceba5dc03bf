"""What are the customers of a persona like, how are they recognised, and which real ones are nearest?"""
