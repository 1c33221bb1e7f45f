"""One decoder or encoder for each foreign format. Values only: nothing here fetches or stores."""
