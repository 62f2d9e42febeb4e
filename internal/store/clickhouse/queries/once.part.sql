    -- Keeps the copy of a row that was committed first. All copies have the value that is searched for, so none is missed.
    ORDER BY version DESC LIMIT 1 BY uuid
