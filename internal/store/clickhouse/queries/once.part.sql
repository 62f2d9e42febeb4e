    -- Of the copies of a row the first one committed. All of them have what is asked for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
