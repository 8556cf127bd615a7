-- How many handoffs the first verdict accepted as they were, by the month in UTC in
-- which they were written: first_pass of handoff stats --since … --until ….
SELECT CAST(date_trunc('month', c.at AT TIME ZONE 'UTC') AS date) AS month,
  count(*) FILTER (WHERE c.first_pass) AS passed, count(c.first_pass) AS decided, count(*) - count(c.first_pass) AS pending,
  CAST(round(100.0 * count(*) FILTER (WHERE c.first_pass) / nullif(count(c.first_pass), 0)) AS bigint) AS percent
FROM handoff.chains c
WHERE c.awaited
GROUP BY 1
ORDER BY 1;
