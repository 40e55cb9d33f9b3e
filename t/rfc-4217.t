#!/usr/bin/perl
# Transcript tier, no root: RFC 4217, FTP under TLS, and the commands and
# replies of RFC 2228 that it takes over. Each test is a row of
# t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Inftpd::TLS;
use Test::More;

my $dir = File::Temp->newdir('inftpd-tls-XXXXXX', TMPDIR => 1);
my $pair = Inftpd::TLS::pair($dir, 'server');
my %mine = (force_local_logins_ssl => 'NO', force_local_data_ssl => 'NO');
my $server = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair), %mine });
my $strict = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair) });

$_->file('file', 'content') for $server, $strict;

# Under TLS, and logged in where a user is named.
sub under_tls {
	my ($s, $user) = @_;
	my $c = Inftpd::TLS->over(session($s));

	gives($c, 'AUTH TLS', 234);
	holds($c->shake_hands, 'handshake');
	$c->login($user) if $user;
	return $c;
}

sub in_the_clear { return Inftpd::Test::Client::fetch(@_) }

# --- RFC 2228: the commands and their replies ---------------------------------

requirement 'RFC 2228 3: AUTH of a mechanism that is not known is 504' => sub {
	my $c = session($server);

	gives($c, "AUTH $_", 504) for 'KERBEROS_V4', 'GSSAPI', 'X';
	gives($c, 'AUTH', 501);
};
requirement 'RFC 2228 3: the names of mechanisms are in any case' => sub {
	gives(session($server), 'auth tls', 234);
};
requirement 'RFC 2228 3: AUTH that is taken asks for the login anew' => sub {
	my $c = Inftpd::TLS->over(session($server));

	gives($c, 'USER alice', 331);
	gives($c, 'AUTH TLS', 234);
	holds($c->shake_hands, 'handshake');
	gives($c, 'PASS secret', 503);
	$c->login('alice');
};
requirement 'RFC 2228 3: PBSZ without AUTH is 503' => sub {
	gives(session($server), 'PBSZ 0', 503);
};
requirement 'RFC 2228 3: PROT without PBSZ is 503' => sub {
	gives(session($server), 'PROT P', 503);
	gives(under_tls($server), 'PROT P', 503);
};
requirement 'RFC 2228 3: PBSZ is a number of 32 bits, else 501' => sub {
	my $c = under_tls($server);

	gives($c, "PBSZ$_", 501) for '', ' x', ' -1', ' 4294967296';
};
requirement 'RFC 2228 3: a smaller buffer than asked for is told as PBSZ=' => sub {
	gives(under_tls($server), 'PBSZ 65536', 200, qr/\bPBSZ=0\b/);
};
requirement 'RFC 2228 3: PROT of a level that TLS does not have is 536' => sub {
	my $c = under_tls($server);

	gives($c, 'PBSZ 0', 200);
	gives($c, "PROT $_", 536) for 'S', 'E';
};
requirement 'RFC 2228 3: PROT of what is no level is 504' => sub {
	my $c = under_tls($server);

	gives($c, 'PBSZ 0', 200);
	gives($c, "PROT $_", 504) for 'X', 'PP';
	gives($c, 'PROT', 501);
};
requirement 'RFC 2228 3: CCC is 533 without protection, 534 where it is kept' => sub {
	gives(session($server), 'CCC', 533);
	my $c = under_tls($server);
	gives($c, 'CCC', 534);
	gives($c, 'NOOP', 200);
};

# --- RFC 4217 -----------------------------------------------------------------

requirement 'RFC 4217 4: AUTH TLS is 234, and then comes the handshake' => sub {
	gives(under_tls($server), 'NOOP', 200);
};
requirement 'RFC 4217 4: a login in the clear is refused where TLS is asked for' => sub {
	gives(session($strict), 'USER alice', 530);
	under_tls($strict, 'alice');
};
requirement 'RFC 4217 4: a client that does not ask for TLS is served without' => sub {
	my $c = session($server, 'alice');

	same(($c->retr('file'))[0], 'content', 'RETR');
};
requirement 'RFC 4217 6: FEAT has AUTH TLS, PBSZ and PROT' => sub {
	my @lines = gives(session($server), 'FEAT', 211);

	for my $line (' AUTH TLS', ' PBSZ', ' PROT') {
		same((grep { $_ eq $line } @lines) + 0, 1, $line);
	}
};
requirement 'RFC 4217 7: the server is that of the handshake, passive or active' => sub {
	my $c = under_tls($server, 'alice');

	$c->protect;
	same(($c->fetch('RETR file', $_))[0], 'content', $_)
	    for 'pasv', 'epsv', 'port', 'eprt';
};
requirement 'RFC 4217 9: PBSZ 0 is taken' => sub {
	gives(under_tls($server), 'PBSZ 0', 200);
};
requirement 'RFC 4217 9: data connections are in the clear until PROT P' => sub {
	my $c = under_tls($server, 'alice');

	same((in_the_clear($c, 'RETR file'))[0], 'content', 'before');
	$c->protect;
	same(($c->fetch('RETR file'))[0], 'content', 'PROT P');
	same(($c->send_file('STOR new', 'text'))[0], 226, 'STOR');
	same($server->content('new'), 'text', 'content');
	same(($c->fetch('NLST file'))[0], "file\r\n", 'NLST');
	gives($c, 'PROT C', 200);
	same((in_the_clear($c, 'RETR file'))[0], 'content', 'PROT C');
};
requirement 'RFC 4217 10.2: transfers in the clear are refused where that is policy' => sub {
	my $c = under_tls($strict, 'alice');

	$c->pasv;
	gives($c, 'RETR file', 522);
	gives($c, 'PBSZ 0', 200);
	gives($c, 'PROT C', 534);
	gives($c, 'PROT P', 200);
	same(($c->fetch('RETR file'))[0], 'content', 'PROT P');
};
requirement 'RFC 4217 10.2: an upload that was cut off is not complete' => sub {
	my $c = under_tls($server, 'alice');

	$c->protect;
	same(($c->send_file('STOR cut', 'half', 'pasv', 1))[0], 426, 'without a goodbye');
};
not_done 'RFC 4217 13: REIN ends TLS, and the connection goes on in the clear',
    '502, which RFC 959 5.4 allows: who has asked for TLS is not to lose it' => sub {
	my $c = under_tls($server);

	gives($c, 'REIN', 220);
};
requirement 'RFC 4217 13: REIN that leaves TLS on takes nothing back' => sub {
	my $c = under_tls($server);

	gives($c, $_, 200) for 'PBSZ 0', 'PROT P';
	gives($c, 'USER alice', 331);
	gives($c, 'REIN', 502);
	gives($c, 'PASS secret', 230);
	same(($c->fetch('RETR file'))[0], 'content', 'PROT P');
};
requirement 'RFC 4217 14: STAT and ABOR need no urgent data during a transfer' => sub {
	my $c = under_tls($server, 'alice');

	$c->protect;
	truncate $server->file('huge'), 1 << 33 or die "truncate: $!";
	my ($end) = $c->open_data('RETR huge', 'pasv');
	gives($c, 'STAT', 211);
	gives($c, 'ABOR', 426);
	then_gives($c, 226);
	$end->close(SSL_no_shutdown => 1);
};
requirement 'RFC 4217 15: nothing that came before the handshake counts behind it' => sub {
	my $c = session($server);

	$c->raw("AUTH TLS\r\nUSER alice\r\n");
	then_gives($c, 421);
	$c->{checked} = 1;
};

$_->done for $server, $strict;
done_testing;
