"""The attribution lab: what rules credit a campaign with, beside what it caused."""
