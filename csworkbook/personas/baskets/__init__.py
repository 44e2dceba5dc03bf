"""What is bought together, and do customers go up in price?"""
