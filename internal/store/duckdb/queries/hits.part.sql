    -- Events whose text matches, as the blocks of text say.
    SELECT unnest($hits::VARCHAR[])::UUID AS uuid
