"""Two-way fixed effects, IV, identification tests, resampling, as Stata reports them."""
