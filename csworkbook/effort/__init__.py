"""Where do customers have to try too hard?"""

from csworkbook.effort.answers import segment_columns, splits
from csworkbook.effort.bucket import leaking_bucket
from csworkbook.effort.comments import comments
from csworkbook.effort.loyalty import loyalty
from csworkbook.effort.priority import where_first
from csworkbook.effort.questionnaire import questionnaire, sample_size
from csworkbook.effort.response import response
from csworkbook.effort.segments import segments
from csworkbook.effort.stages import by_stage, compare
from csworkbook.effort.trend import over_time

__all__ = [
    "by_stage",
    "comments",
    "compare",
    "leaking_bucket",
    "loyalty",
    "over_time",
    "questionnaire",
    "response",
    "sample_size",
    "segment_columns",
    "segments",
    "splits",
    "where_first",
]
