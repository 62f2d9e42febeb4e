DELETE FROM retention;
