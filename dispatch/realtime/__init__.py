"""What everyone watches: the log's tail, the board that follows it, streams and their frames."""
