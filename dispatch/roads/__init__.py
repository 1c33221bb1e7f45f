"""The roads process: its server, its supervisor and the client that asks it over a local socket."""
