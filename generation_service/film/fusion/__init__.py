"""What the finished film shows and sounds like, measured by judges that had no part in making it."""
