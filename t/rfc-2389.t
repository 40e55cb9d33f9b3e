#!/usr/bin/perl
# Transcript tier, no root: RFC 2389, FEAT and OPTS. Each test is a row of
# t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

# The features, without their blanks.
sub features {
	my ($c) = @_;
	my @lines = gives($c, 'FEAT', 211);

	return map { s/^ //r } @lines[1 .. $#lines - 1];
}

requirement 'RFC 2389 3.1: FEAT has no argument, one is 501' => sub {
	gives(session($server), 'FEAT MLST', 501);
};
requirement 'RFC 2389 3.2: FEAT answers 211-, lines with a blank, and 211 End' => sub {
	my $c = session($server);

	$c->raw("feat\r\n");
	holds(bytes_until($c, qr/^211 [^\n]*\n/m) =~
	    /\A211-[\t -~]*\r\n(?: [!-~]+(?: [\t -~]+)?\r\n)+211 End\r\n\z/, 'FEAT');
};
requirement 'RFC 2389 3.2: one blank before a feature, and none behind it' => sub {
	my $c = session($server);

	holds(/\A\S.*\S\z/, $_) for features($c);
};
requirement 'RFC 2389 3.2: each feature has a line of its own, once' => sub {
	my $c = session($server);
	my %seen;

	holds(!$seen{(split ' ')[0]}++, $_) for features($c);
};
requirement 'RFC 2389 3.2: FEAT and OPTS are not among the features' => sub {
	my $c = session($server);

	same((grep { /^(?:FEAT|OPTS)\b/i } features($c)) + 0, 0, 'FEAT, OPTS');
};
requirement 'RFC 2389 3.2: every extension that is done has its line' => sub {
	my %feature = map { (split ' ')[0] => $_ } features(session($server));

	holds($feature{$_}, $_) for qw(EPRT EPSV MDTM MFMT MLST REST SIZE TVFS UTF8);
};
requirement 'RFC 2389 3.2: labels are in upper case' => sub {
	my $c = session($server);

	holds(/^[A-Z0-9]+/, $_) for features($c);
};
requirement 'RFC 2389 3.2: a verb that is denied is no feature' => sub {
	my $own = Inftpd::Test->new(conf => { cmds_denied => 'MDTM' });

	same((grep { /^MDTM/ } features(session($own))) + 0, 0, 'MDTM');
};
requirement 'RFC 2389 3: FEAT answers before and after login' => sub {
	my $c = session($server);
	my @before = features($c);

	$c->login('alice');
	same(join(',', features($c)), join(',', @before), 'after login');
};
requirement 'RFC 2389 4: OPTS that is understood is 200' => sub {
	my $c = session($server);

	gives($c, $_, 200) for 'OPTS MLST type;', 'OPTS UTF8 ON', 'opts mlst';
};
requirement 'RFC 2389 4: OPTS that is not understood is 501 or 451, no other code' => sub {
	my $c = session($server);

	within($c, "OPTS$_", 501, 451) for '', ' XYZZY', ' RETR x',
	    ' UTF8 OFF', ' UTF8 x', ' MLST a b', ' REST STREAM';
};
requirement 'RFC 2389 4: there is no OPTS FEAT and no OPTS OPTS' => sub {
	my $c = session($server);

	gives($c, $_, 501) for 'OPTS FEAT', 'OPTS OPTS';
};
requirement 'RFC 2389 4: OPTS that is refused changes nothing' => sub {
	my $c = session($server);
	my @before = features($c);

	gives($c, $_, 501) for 'OPTS MLST a b', 'OPTS XYZZY';
	same(join(',', features($c)), join(',', @before), 'FEAT');
};

$server->done;
done_testing;
