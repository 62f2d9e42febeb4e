UPDATE dropped SET times = times + 1;
