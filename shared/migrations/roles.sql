-- The three roles, made once per server by an administrator (a superuser, or one with CREATEROLE such as Aurora's).
-- May be run again. Passwords are set beside it (ALTER ROLE … PASSWORD), from the secret store of the stage.
DO $$
BEGIN
    -- Owns the database and migrates it. Never a superuser: row-level security would not hold for one.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'comptoir_owner') THEN
        CREATE ROLE comptoir_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    -- What endpoints and consumers are: always inside one brand.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'comptoir_app') THEN
        CREATE ROLE comptoir_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
    END IF;
    -- What scheduled jobs are: may sweep across brands.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'comptoir_jobs') THEN
        CREATE ROLE comptoir_jobs LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
    END IF;
END
$$;

-- Inside one brand a job becomes the application (SET LOCAL ROLE), and only then has what the application has.
GRANT comptoir_app TO comptoir_jobs WITH INHERIT FALSE, SET TRUE;

-- An endpoint has 29 s at the gateway and a job 15 min in Lambda; PostgreSQL lets go before they are killed.
ALTER ROLE comptoir_app SET statement_timeout = '10s';
ALTER ROLE comptoir_app SET lock_timeout = '5s';
ALTER ROLE comptoir_app SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE comptoir_jobs SET statement_timeout = '60s';
ALTER ROLE comptoir_jobs SET lock_timeout = '5s';
ALTER ROLE comptoir_jobs SET idle_in_transaction_session_timeout = '60s';

-- The administrator gives the database to the owner (CREATE DATABASE … OWNER) and must be a member of it to do so.
GRANT comptoir_owner TO CURRENT_USER;
