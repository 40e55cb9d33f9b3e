#!/usr/bin/perl
# Transcript tier, no root but for 452: every reply code of the standards has
# an occasion that provokes it here, or ftpd(8) says why it has none. Each
# test is a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

# A file system that can be filled: root makes one, in a mount namespace that
# ends with the test.
my $small;

BEGIN {
	my $mark = 'INFTPD_TEST_NAMESPACE';

	if ($> == 0 && !$ENV{$mark} && system('unshare --mount true 2>/dev/null') == 0) {
		$ENV{$mark} = 1;
		exec 'unshare', '--mount', $^X, $0, @ARGV or die "unshare: $!\n";
	}
	$small = '/mnt' if delete $ENV{$mark} && system('mount', '-t', 'tmpfs',
		'-o', 'size=64k,mode=777', 'none', '/mnt') == 0;
}

# Before the test becomes nobody, who may be shut out of the way to it.
my $page;

BEGIN {
	local $/;
	open my $in, '<', "$FindBin::Bin/../ftpd/ftpd.8" or die "ftpd.8: $!";
	$page = <$in>;
}

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $drain = \&Inftpd::Test::Client::drain;
my $write = \&Inftpd::Test::Client::write_all;
my ($never) = $page =~ /^\.Ss Replies that are never sent\n(.*?)^\.S[hs] /ms;

$server->file('file', 'content');
$server->file('dir/inner', 'x');
truncate $server->file('large'), 1 << 30 or die "truncate: $!";

sub alice { return session($server, 'alice') }

# ftpd(8) has the code among those that are never sent, with a reason.
sub never_sent {
	my ($code) = @_;

	holds($never =~ /^\.It $code\n\w.*\S$/m, "$code is not in ftpd(8)");
}

# --- RFC 959 -----------------------------------------------------------------

requirement 'RFC 959 4.2.2: 110 has no occasion in stream mode, says ftpd(8)' => sub {
	never_sent(110);
};
requirement 'RFC 959 4.2.2: 120 has no occasion, says ftpd(8)' => sub {
	never_sent(120);
};
requirement 'RFC 959 4.2.2: 125 has no occasion, says ftpd(8)' => sub {
	never_sent(125);
};
requirement 'RFC 959 4.2.2: 150 before a transfer, also over an open connection' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR file', 150);
	$drain->($data);
	then_gives($c, 226);
};
requirement 'RFC 959 4.2.2: 200 for a command that was carried out' => sub {
	gives(alice(), 'TYPE I', 200);
};
requirement 'RFC 959 4.2.2: 202 for a command that is superfluous' => sub {
	gives(alice(), 'ALLO 1', 202);
};
requirement 'RFC 959 4.2.2: 211 for the status of the system' => sub {
	gives(alice(), 'STAT', 211);
};
requirement 'RFC 959 4.2.2: 212 for the status of a directory' => sub {
	gives(alice(), 'STAT dir', 212);
};
requirement 'RFC 959 4.2.2: 213 for the status of a file' => sub {
	gives(alice(), 'STAT file', 213);
};
requirement 'RFC 959 4.2.2: 214 for help' => sub {
	gives(alice(), 'HELP', 214);
};
requirement 'RFC 959 4.2.2: 215 for the type of the system' => sub {
	gives(alice(), 'SYST', 215);
};
requirement 'RFC 959 4.2.2: 220 for a service that is ready' => sub {
	then_gives($server->start, 220);
};
requirement 'RFC 959 4.2.2: 221 for the end' => sub {
	gives(alice(), 'QUIT', 221);
};
requirement 'RFC 959 4.2.2: 225 for ABOR without a transfer' => sub {
	gives(alice(), 'ABOR', 225);
};
requirement 'RFC 959 4.2.2: 226 for a transfer that is complete' => sub {
	same((alice()->retr('file'))[1], 226, 'RETR');
};
requirement 'RFC 959 4.2.2: 227 for PASV' => sub {
	gives(alice(), 'PASV', 227);
};
requirement 'RFC 959 4.2.2: 230 for a login' => sub {
	my $c = session($server);

	gives($c, 'USER alice', 331);
	gives($c, 'PASS secret', 230);
};
requirement 'RFC 959 4.2.2: 250 for a file action that is complete' => sub {
	gives(alice(), 'CWD dir', 250);
};
requirement 'RFC 959 4.2.2: 257 for a path name' => sub {
	gives(alice(), 'PWD', 257);
};
requirement 'RFC 959 4.2.2: 331 for a name that needs a password' => sub {
	gives(session($server), 'USER alice', 331);
};
requirement 'RFC 959 4.2.2: 332 has no occasion without accounts, says ftpd(8)' => sub {
	never_sent(332);
};
requirement 'RFC 959 4.2.2: 350 for a command that needs another' => sub {
	my $c = alice();

	gives($c, $_, 350) for 'RNFR file', 'REST 1';
};
requirement 'RFC 959 4.2.2: 421 for a service that ends' => sub {
	my $own = Inftpd::Test->new(conf => { idle_session_timeout => 1 });

	then_gives(session($own, 'alice'), 421);
};
requirement 'RFC 959 4.2.2: 425 for a data connection that does not come' => sub {
	my $own = Inftpd::Test->new(conf => { accept_timeout => 1 });
	my $c = session($own, 'alice');

	$own->file('file', 'x');
	$c->pasv_port;
	gives($c, 'RETR file', 150);
	then_gives($c, 425);
};
requirement 'RFC 959 4.2.2: 426 for a data connection that is lost' => sub {
	my $c = alice();
	my $data = $c->pasv;
	my $some = '';

	gives($c, 'RETR large', 150);
	Inftpd::Test::Client::read_some($data, \$some);
	close $data;
	then_gives($c, 426);
};
requirement 'RFC 959 4.2.2: 450 for a file that is busy' => sub {
	my ($c, $other) = (alice(), alice());
	my $data = $c->pasv;

	gives($c, 'STOR busy', 150);
	$other->pasv;
	gives($other, 'STOR busy', 450);
};
requirement 'RFC 959 4.2.2: 451 for a local error in the middle' => sub {
	my $own = Inftpd::Test->new(conf => { write_enable => 'YES',
	    anon_upload_enable => 'YES', upload_atomic => 'YES' });
	my ($c, $other) = map { session($own, 'anonymous') } 1, 2;
	my $data = $c->pasv;

	gives($c, 'STOR race', 150);
	same(($other->stor('race', 'first'))[0], 226, 'the other');
	close $data;
	then_gives($c, 451);
};
SKIP: {
	skip 'no root and so no namespaces', 1 unless $small;
	requirement 'RFC 959 4.2.2: 452 for a file system that is full' => sub {
		my $own = Inftpd::Test->new(
		    users => { bob => { local_root => $small } });
		my $c = session($own, 'bob');

		same(($c->stor('much', 'x' x 1000000))[0], 452, 'STOR');
	};
}
requirement 'RFC 959 4.2.2: 500 for a command that is unknown or too long' => sub {
	my $c = alice();

	gives($c, $_, 500) for 'XYZZY', 'NOOP ' . 'x' x 5000;
};
requirement 'RFC 959 4.2.2: 501 for an argument that is wrong' => sub {
	gives(alice(), 'TYPE 5', 501);
};
requirement 'RFC 959 4.2.2: 502 for a command that is not done' => sub {
	gives(alice(), 'REIN', 502);
};
requirement 'RFC 959 4.2.2: 503 for a command at the wrong time' => sub {
	gives(alice(), 'RNTO x', 503);
};
requirement 'RFC 959 4.2.2: 504 for a parameter that is not done' => sub {
	gives(alice(), 'MODE B', 504);
};
requirement 'RFC 959 4.2.2: 530 without a login' => sub {
	gives(session($server), 'CWD dir', 530);
};
requirement 'RFC 959 4.2.2: 532 has no occasion without accounts, says ftpd(8)' => sub {
	never_sent(532);
};
requirement 'RFC 959 4.2.2: 550 for a file that is not there or not allowed' => sub {
	my $c = alice();

	$c->pasv;
	gives($c, 'RETR missing', 550);
};
requirement 'RFC 959 4.2.2: 551 has no occasion without pages, says ftpd(8)' => sub {
	never_sent(551);
};
requirement 'RFC 959 4.2.2: 552 beyond what may be stored' => sub {
	my $own = Inftpd::Test->new(users => { bob => { upload_max_size => 5 } });

	same((session($own, 'bob')->stor('much', 'x' x 6))[0], 552, 'STOR');
};
requirement 'RFC 959 4.2.2: 553 for a name that cannot be' => sub {
	gives(alice(), 'MKD ' . 'n' x 256, 553);
};

# --- later ones --------------------------------------------------------------

requirement 'RFC 1123 4.1.3.4: 554 for a position that cannot be' => sub {
	my $c = alice();

	gives($c, 'REST 8', 350);
	$c->pasv;
	gives($c, 'RETR file', 554);
};
requirement 'RFC 2428 3: 229 for EPSV' => sub {
	gives(alice(), 'EPSV', 229);
};
requirement 'RFC 2428 2: 522 for a family that is not done' => sub {
	gives(alice(), 'EPRT |3|x|1|', 522);
};

requirement 'RFC 2228 5.1: 232 has no occasion, says ftpd(8)' => sub {
	never_sent(232);
};
requirement 'RFC 2228 5.1: 336 has no occasion, says ftpd(8)' => sub {
	never_sent(336);
};
requirement 'RFC 2228 5.1: 535 has no occasion, says ftpd(8)' => sub {
	never_sent(535);
};

# A server with a certificate. What comes under TLS is for other tests.
my $tls = Inftpd::Test->new;
my ($cert, $key) = map { "$tls->{dir}/$_.pem" } 'cert', 'key';
my $made = system("openssl req -x509 -newkey ec -pkeyopt " .
    "ec_paramgen_curve:prime256v1 -nodes -subj /CN=test -keyout $key " .
    "-out $cert 2>/dev/null") == 0;

chmod 0600, $key;
$tls->write_conf('conf.d/tls.conf', { ssl_enable => 'YES',
    rsa_cert_file => $cert, rsa_private_key_file => $key });
SKIP: {
	skip 'openssl is not installed', 2 unless $made;
	skip 'built without OpenSSL', 2 if !Inftpd::Test::built('tls');
	requirement 'RFC 2228 5.1: 234 for AUTH that is taken' => sub {
		gives(session($tls), 'AUTH TLS', 234);
	};
	requirement 'RFC 2228 5.1: 533 for CCC without protection' => sub {
		gives(session($tls), 'CCC', 533);
	};
}

# These two need a client that speaks TLS.
sub sent {
	my ($code) = @_;

	holds($page =~ /^\.It $code$/m && $never !~ /^\.It $code$/m,
	    "$code is not in ftpd(8)");
}

requirement 'RFC 2228 5.1: 534 has an occasion in ftpd(8)' => sub {
	sent(534);
};
requirement 'RFC 2228 5.1: 536 has an occasion in ftpd(8)' => sub {
	sent(536);
};

$_->done for $server, $tls;
done_testing;
