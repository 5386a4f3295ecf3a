-- What Open WebUI needs of PostgreSQL: a user, a database of its own, and the right to make tables there. Run it as the
-- administrator, as often as you like:   psql -f THIS-FILE postgres
-- Written by ./manage.sh init. It holds a password: it is for its owner alone.
\set ON_ERROR_STOP on
\set QUIET on
SET log_statement = 'none';  -- keeps the password out of the server's log

SELECT format('CREATE ROLE %I LOGIN', ${user})
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${user}) \gexec

SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', ${user}, ${password}) \gexec

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', ${name}, ${user})
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${name}) \gexec

SELECT format('GRANT ALL ON DATABASE %I TO %I', ${name}, ${user}) \gexec

-- Since PostgreSQL 15 not everyone may make tables in the schema public.
\set name ${name}
\connect :"name"
SELECT format('GRANT ALL ON SCHEMA public TO %I', ${user}) \gexec
