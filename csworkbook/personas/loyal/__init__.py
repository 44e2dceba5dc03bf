"""What do loyal customers say of themselves, and whom do we ask?"""
