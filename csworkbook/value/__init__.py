"""What are customers worth: so far, in the time to come, and who of them should be looked after?"""

from csworkbook.value.churn import churn
from csworkbook.value.concentration import concentration
from csworkbook.value.historic import historic
from csworkbook.value.mirror import mirror
from csworkbook.value.predict import predict
from csworkbook.value.segments import segments

__all__ = ["churn", "concentration", "historic", "mirror", "predict", "segments"]
