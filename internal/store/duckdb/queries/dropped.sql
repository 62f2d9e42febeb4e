SELECT times FROM dropped;
