CREATE TABLE IF NOT EXISTS aiops.logins (
    login    text PRIMARY KEY,
    subject  text NOT NULL, -- who, as the sign-in server names them
    person   text NOT NULL,
    device   text NOT NULL,
    role     text NOT NULL,
    teams    text[] NOT NULL,
    patterns text[], -- LIKE patterns of the VMs that may be seen; NULL: all
    address  text NOT NULL, -- where it was asked for from
    made     timestamptz NOT NULL DEFAULT now(),
    expires  timestamptz NOT NULL
);
CREATE OR REPLACE FUNCTION aiops.seen_vms() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT patterns FROM aiops.logins WHERE login = session_user
$$;
