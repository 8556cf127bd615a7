-- What was decided in each month in UTC, and how much of that has been replaced since.
SELECT CAST(date_trunc('month', d.at AT TIME ZONE 'UTC') AS date) AS month, count(*) AS decisions,
  count(*) FILTER (WHERE d.status = 'accepted') AS accepted, count(*) FILTER (WHERE d.status = 'superseded') AS superseded,
  count(*) FILTER (WHERE d.status = 'reversed') AS reversed, count(*) FILTER (WHERE d.source <> 'git') AS elsewhere
FROM handoff.decisions d
GROUP BY 1
ORDER BY 1;
