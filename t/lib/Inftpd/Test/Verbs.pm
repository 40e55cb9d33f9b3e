package Inftpd::Test::Verbs;

# Inftpd::Test::Verbs - what every verb takes and may: the expectations that
# t/rights.t and t/system-rights.t hold the sessions of all accounts to.

use strict;
use warnings;

use Exporter 'import';
use Inftpd::Test ();
use Inftpd::Test::Client ();

our @EXPORT = qw(%verbs line_of refusal answer wrong_answers);

# For each verb: an argument that is right; the answer before login and after
# USER (they are the same but for PASS); and what it takes to be allowed.
# "read" is allowed to everybody who is logged in.
our %verbs = (
	ABOR => ['', 530, 'read', 225],
	ACCT => ['x', 202, 'read', 202],
	ALLO => ['5', 530, 'read', 202],
	APPE => ['/there', 530, 'overwrite', 226],
	AUTH => ['TLS', 502, 'read', 502],             # no ssl_enable here
	AVBL => ['', 530, 'upload', 213],
	CLNT => ['test', 200, 'read', 200],
	CSID => ['Name=test;', 200, 'read', 200],
	LANG => ['EN', 200, 'read', 200],
	MFF => ['Modify=20200101000000; /there', 530, 'utime', 213],
	RANG => ['0 1', 530, 'read', 350],
	CCC => ['', 502, 'read', 502],
	PBSZ => ['0', 502, 'read', 502],
	PROT => ['P', 502, 'read', 502],
	CDUP => ['', 530, 'read', 250],
	CWD => ['/dir', 530, 'read', 250],
	DELE => ['/there', 530, 'delete', 250],
	EPRT => ['|1|127.0.0.1|51200|', 530, 'read', 200],
	EPSV => ['', 530, 'read', 229],
	FEAT => ['', 211, 'read', 211],
	HASH => ['/there', 530, 'download', 213],
	HELP => ['', 214, 'read', 214],
	HOST => ['x', 504, 'read', 503],
	LIST => ['', 530, 'list', 226],
	MDTM => ['/there', 530, 'read', 213],
	MFMT => ['20200101000000 /there', 530, 'utime', 213],
	MKD => ['/new', 530, 'mkdir', 257],
	MLSD => ['', 530, 'list', 226],
	MLST => ['/there', 530, 'list', 250],
	MODE => ['S', 530, 'read', 200],
	NLST => ['', 530, 'list', 226],
	NOOP => ['', 200, 'read', 200],
	OPTS => ['UTF8 ON', 200, 'read', 200],
	PASS => ['secret', undef, 'read', 503],
	PASV => ['', 530, 'read', 227],
	PORT => ['127,0,0,1,200,0', 530, 'read', 200],
	PWD => ['', 530, 'read', 257],
	QUIT => ['', 221, 'read', 221],
	REIN => ['', 220, 'read', 502],
	REST => ['0', 530, 'read', 350],
	RETR => ['/there', 530, 'download', 226],
	RMD => ['/empty', 530, 'delete', 250],
	RNFR => ['/there', 530, 'delete', 350],
	RNTO => ['/new', 530, 'delete', 250], # right behind RNFR
	SITE => ['HELP', 530, 'read', 214],
	SIZE => ['/there', 530, 'read', 213],
	SMNT => ['/', 502, 'read', 502],
	STAT => ['', 211, 'read', 211],
	STOR => ['/new', 530, 'upload', 226],
	STOU => ['', 530, 'upload', 226],
	STRU => ['F', 530, 'read', 200],
	SYST => ['', 215, 'read', 215],
	TYPE => ['I', 530, 'read', 200],
	USER => ['alice', 331, 'read', 530],
	XCRC => ['/there', 530, 'download', 250],
	XCUP => ['', 530, 'read', 250],
	XCWD => ['/dir', 530, 'read', 250],
	XMD5 => ['/there', 530, 'download', 250],
	XMKD => ['/new', 530, 'mkdir', 257],
	XPWD => ['', 530, 'read', 257],
	XRMD => ['/empty', 530, 'delete', 250],
	(map { $_ => ['/there', 530, 'download', 250] } qw(XSHA XSHA1 XSHA256 XSHA512)),
	# Not verbs of the table, but rights of their own.
	'SITE CHMOD' => ['644 /there', 530, 'chmod', 200],
	'SITE UMASK' => ['022', 530, 'chmod', 200],
	'SITE UTIME' => ['20200101000000 /there', 530, 'utime', 200],
	'SITE IDLE' => ['', 530, 'read', 200],
	'STAT path' => ['/dir', 530, 'list', 212],
	'STOR there' => ['', 530, 'overwrite', 226],
	'MDTM set' => ['20200101000000 /there', 530, 'utime', 213],
);

# A build without digests does not know them.
if (!Inftpd::Test::built('digest')) {
	$verbs{$_} = ['/there', 502, 'read', 502] for grep { /^(HASH|X(CRC|MD5|SHA))/ } keys %verbs;
}

sub line_of {
	my ($verb) = @_;
	my $what = $verb eq 'STAT path' ? 'STAT' : $verb eq 'MDTM set' ? 'MDTM'
	    : $verb eq 'STOR there' ? 'STOR /there' : $verb;

	return join ' ', $what, grep { length } $verbs{$verb}[0];
}

# What a session is told that may not: the drafts have a code of their own,
# and that a name may not be replaced is not known before it is looked at.
sub refusal {
	my ($verb, %rights) = @_;

	return 553 if $verb eq 'STOR there' && $rights{upload};
	return 502 if $verbs{$verb}[3] == 502;
	return $verb =~ /^(HASH|RANG)$/ ? 552 : 550;
}

# One verb in a session that is kept: its final answer.
sub answer {
	my ($c, $verb) = @_;
	my $transfer = $verb =~ /^(LIST|NLST|MLSD|RETR|STOR|STOR there|APPE|STOU)$/;
	my $data = $transfer ? $c->pasv : undef;
	my ($code) = $c->cmd(line_of($verb));

	if ($code eq 150) {
		Inftpd::Test::Client::drain($data) if $verb !~ /^(STO|APPE)/;
		close $data;
		($code) = $c->reply;
	}
	return $code;
}

# What every verb answers in a session with these rights, where that is not
# what is expected. reset makes the directory as each verb shall find it.
sub wrong_answers {
	my ($c, $reset, @rights) = @_;
	my %rights = map { $_ => 1 } 'read', @rights;
	my @wrong;

	for my $verb (sort { ($a eq 'QUIT') <=> ($b eq 'QUIT') || $a cmp $b }
	    keys %verbs) {
		my (undef, undef, $needs, $code) = @{ $verbs{$verb} };
		# A time that may not be set is a name that is not there.
		my $expected = $rights{$needs} ? $code : refusal($verb, %rights);

		$reset->();
		my $got = answer($c, $verb);
		push @wrong, "$verb: $got, expected $expected"
		    if $got ne $expected;
	}
	return @wrong;
}

1;
